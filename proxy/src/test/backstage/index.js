// A Backstage backend with nothing but its catalog, as app-config.yaml says.
const { createBackend } = require('@backstage/backend-defaults');

const backend = createBackend();
backend.add(import('@backstage/plugin-catalog-backend'));
backend.start().catch(error => {
  console.error(error);
  process.exit(1);
});
