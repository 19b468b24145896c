// Writes collections that sign: one for Postman (a file) and one for Bruno (a folder).
//
//   node docs/clients/collections.mjs http://127.0.0.1:4010 FOLDER
//
// The document is read from a running mock, so that the requests have its address. Each request has the examples of the document; optional
// parameters are there, switched off. It needs Node 20 or later and no package.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [origin, folder] = process.argv.slice(2)
if (origin === undefined || folder === undefined) {
  console.error('usage: node collections.mjs http://127.0.0.1:4010 FOLDER')
  process.exit(2)
}
const document = await (await fetch(new URL('/openapi.json', origin))).json()
const baseUrl = document.servers[0].url
const credentials = { baseUrl, domain: 'your-workspace', clientId: 'your-client-id', secret: 'your-hmac-secret' }

// What both programs run before each request: HMAC-SHA256 over method, path and query, time and body. The bytes of a form are not known to a
// script, so that a form is signed with nothing in the place of its body: start the mock with --signed-upload=either.
const sign = (method, url, body, header, get) => `const sha = require('crypto-js')
const timestamp = String(Math.floor(Date.now() / 1000))
const text = ${method}.toUpperCase() + ${url}.slice(${get}('baseUrl').length) + timestamp + ${body}
const digest = sha.HmacSHA256(text, ${get}('secret')).toString(sha.enc.Hex)
${header('X-Awal-Signature-256', "'sha256=' + digest")}
${header('X-Timestamp', 'timestamp')}
${header('X-Domain', `${get}('domain')`)}
${header('X-Client-ID', `${get}('clientId')`)}
`

/** What a $ref leads to. */
const at = (node) => node?.$ref === undefined ? node : at(node.$ref.slice(2).split('/').reduce((x, key) => x[key.replaceAll('~1', '/')], document))

/** The first example of a parameter or a body. */
function example(node) {
  if (node.example !== undefined) return node.example
  const [first] = Object.values(node.examples ?? {})
  return first === undefined ? at(node.schema)?.example ?? at(node.schema)?.default : at(first).value
}

/** Every operation as a request with examples in it. */
function requests() {
  const all = []
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
      const operation = item[method]
      if (operation === undefined) continue
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(at)
      let target = path
      const query = []
      for (const p of parameters) {
        if (p.in === 'path') target = target.replace(`{${p.name}}`, encodeURIComponent(example(p) ?? 1))
        if (p.in === 'query') query.push({ name: p.name, value: String(example(p) ?? ''), on: p.required === true })
      }
      all.push({ name: operation.summary, tag: operation.tags[0], method: method.toUpperCase(), target, query, ...body(operation) })
    }
  }
  return all
}

/** The body of a request: JSON where there is JSON, else the fields of a form. */
function body(operation) {
  const content = at(operation.requestBody)?.content ?? {}
  if (content['application/json'] !== undefined) return { json: JSON.stringify(example(content['application/json']) ?? {}, null, 2) }
  const [form] = Object.values(content)
  if (form === undefined) return {}
  const fields = example(form) ?? required(at(form.schema))
  return { form: Object.entries(fields).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]) }
}

/** The requests of each tag. */
function groups(all) {
  const out = {}
  for (const r of all) (out[r.tag] ??= []).push(r)
  return out
}

/** A value of a schema: its example, its first word, the smallest id, or a text. */
const value = (schema) => schema.example ?? schema.enum?.[0] ?? (schema.type === 'integer' ? 1 : 'Example')

/** Values of the properties that an object must have, or of the first one if it must have none. */
function required(schema) {
  const names = schema?.required ?? Object.keys(schema?.properties ?? {}).slice(0, 1)
  return Object.fromEntries(names.map((name) => [name, value(at(schema.properties[name]))]))
}

function postman(all) {
  const item = (r) => ({
    name: r.name,
    request: {
      method: r.method,
      header: [{ key: 'Accept', value: 'application/json' }, ...(r.json ? [{ key: 'Content-Type', value: 'application/json' }] : [])],
      url: {
        raw: `{{baseUrl}}${r.target}`, host: ['{{baseUrl}}'], path: r.target.slice(1).split('/'),
        query: r.query.map((q) => ({ key: q.name, value: q.value, disabled: !q.on })),
      },
      ...(r.json ? { body: { mode: 'raw', raw: r.json } } : {}),
      ...(r.form ? { body: { mode: 'formdata', formdata: r.form.map(([key, value]) => ({ key, value, type: 'text' })) } } : {}),
    },
  })
  const script = sign('pm.request.method', 'pm.variables.replaceIn(pm.request.url.toString())',
    "(pm.request.body && pm.request.body.mode === 'raw' ? pm.variables.replaceIn(pm.request.body.raw) : '')",
    (name, value) => `pm.request.headers.upsert({ key: '${name}', value: ${value} })`, 'pm.variables.get')
  return {
    info: { name: document.info.title, schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
    variable: Object.entries(credentials).map(([key, value]) => ({ key, value })),
    event: [
      { listen: 'prerequest', script: { type: 'text/javascript', exec: script.split('\n') } },
      { listen: 'test', script: { type: 'text/javascript', exec: ["pm.test('the request is signed', () => { pm.expect(pm.response.code).to.be.below(500); pm.expect(pm.response.code).to.not.equal(401) })"] } },
    ],
    item: Object.entries(groups(all)).map(([name, group]) => ({ name, item: group.map(item) })),
  }
}

/** The files of a collection of Bruno, by path. */
function bruno(all) {
  const indent = (text) => text.split('\n').map((line) => '  ' + line).join('\n')
  const script = sign('req.getMethod()', 'bru.interpolate(req.getUrl())', "(isJSON ? JSON.stringify(req.getBody()) : '')",
    (name, value) => `req.setHeader('${name}', ${value})`, 'bru.getCollectionVar')
  const files = {
    'bruno.json': JSON.stringify({ version: '1', name: document.info.title, type: 'collection' }, null, 2) + '\n',
    'collection.bru': `vars:pre-request {\n${Object.entries(credentials).map(([key, value]) => `  ${key}: ${value}`).join('\n')}\n}\n\n` +
      // The body is made a text first: what is signed is what is sent.
      `script:pre-request {\n${indent(`const isJSON = /json/.test(req.getHeader('content-type') || '')\nif (isJSON) req.setBody(JSON.stringify(req.getBody()))\n${script}`)}\n}\n\n` +
      "tests {\n  test('the request is signed', () => { expect(res.getStatus()).to.be.below(500); expect(res.getStatus()).to.not.equal(401) })\n}\n",
  }
  for (const [i, r] of all.entries()) {
    const kind = r.json ? 'json' : r.form ? 'multipartForm' : 'none'
    const url = `{{baseUrl}}${r.target}${r.query.some((q) => q.on) ? '?' + r.query.filter((q) => q.on).map((q) => `${q.name}=${q.value}`).join('&') : ''}`
    const blocks = [`meta {\n  name: ${r.name}\n  type: http\n  seq: ${i + 1}\n}`, `${r.method.toLowerCase()} {\n  url: ${url}\n  body: ${kind}\n  auth: none\n}`]
    if (r.query.length > 0) blocks.push(`params:query {\n${r.query.map((q) => `  ${q.on ? '' : '~'}${q.name}: ${q.value}`).join('\n')}\n}`)
    blocks.push('headers {\n  Accept: application/json\n}')
    if (r.json) blocks.push(`body:json {\n${indent(r.json)}\n}`)
    if (r.form) blocks.push(`body:multipart-form {\n${r.form.map(([name, value]) => `  ${name}: ${value}`).join('\n')}\n}`)
    files[`${r.tag}/${r.name.replaceAll(/[/:]/g, '-')}.bru`] = blocks.join('\n\n') + '\n'
  }
  return files
}

const all = requests()
const write = (name, text) => {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}
write('awalmock.postman_collection.json', JSON.stringify(postman(all), null, 2) + '\n')
for (const [name, text] of Object.entries(bruno(all))) write(join('bruno', name), text)
console.log(`wrote ${all.length} requests for Postman and Bruno to ${folder}`)
