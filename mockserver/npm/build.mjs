// Builds the package: types from the two OpenAPI documents, then the sources as CommonJS with ES modules around them, into dist/.
//
//   node build.mjs [API_DOCUMENT CONTROL_DOCUMENT]     (those of the checkout, if they are not given)
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const [api = join(here, '../../openapi.yaml'), control = join(here, '../server/control/control.yaml')] = process.argv.slice(2)
const tool = (name) => join(here, 'node_modules/.bin', name)
const run = (name, ...args) => execFileSync(tool(name), args, { cwd: here, stdio: ['ignore', name === 'tsc' ? 'inherit' : 'ignore', 'inherit'] })

rmSync(join(here, 'dist'), { recursive: true, force: true })
for (const [document, name] of [[api, 'api'], [control, 'control']]) {
  run('openapi-typescript', document, '--output', `src/${name}.gen.ts`, '--default-non-nullable=false')
}
run('tsc')
// One implementation for both kinds of modules: a program that uses both has one class Mock.
const require = createRequire(import.meta.url)
for (const name of ['test', 'playwright']) {
  const values = Object.keys(require(`./dist/${name}.js`)).filter((value) => value !== '__esModule')
  writeFileSync(join(here, `dist/${name}.mjs`), `import it from './${name}.js'\nexport const { ${values.join(', ')} } = it\n`)
  writeFileSync(join(here, `dist/${name}.d.mts`), `export * from './${name}.js'\n`)
}
