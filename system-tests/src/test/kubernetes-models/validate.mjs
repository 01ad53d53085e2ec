// Holds resources of operators, a JSON array in a file, against the models that are installed here. Ends with 1 on any error.
import { readFileSync } from "node:fs";

const packages = {
  "keda.sh": "@kubernetes-models/keda",
  "postgresql.cnpg.io": "@kubernetes-models/cloudnative-pg",
};

for (const resource of JSON.parse(readFileSync(process.argv[2]))) {
  const [group, version] = resource.apiVersion.split("/");
  const name = `${resource.kind} ${resource.metadata.name}`;
  if (!packages[group]) {
    continue;
  }
  const model = await import(`${packages[group]}/${group}/${version}/${resource.kind}`);
  try {
    new model[resource.kind](resource).validate();
    console.log(name);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
