-- From here on each transfer is numbered as it is written, whichever version of the service writes it.
create trigger transfer_is_numbered before insert on transfer
    for each row when (new.version is null) execute function number_transfer();
