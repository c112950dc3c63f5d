/**
 * Makes the JSON schemas that kubeconform reads out of Kubernetes' OpenAPI description. Strict: a field that
 * Kubernetes does not know is an error, as it would be with `kubectl apply --validate=strict`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { parse } from 'yaml'

const DEFINITIONS = '_definitions.json'

/** Numbers that may be written as text, and points in time, need no further looking at. */
function adapt(schema) {
  if (Array.isArray(schema)) return schema.map(adapt)
  if (typeof schema !== 'object' || schema === null) return schema
  if (schema.format === 'int-or-string') return { oneOf: [{ type: 'string' }, { type: 'integer' }] }
  const entries = Object.entries(schema)
    .filter(([key]) => !key.startsWith('x-kubernetes-') && key !== 'description' && key !== 'format')
    .map(([key, value]) => [key, key === '$ref' ? value : adapt(value)])
  return Object.fromEntries(entries)
}

/** Objects with named fields take no others; a field that is left out by `null` is no error. */
function strict(definition) {
  const adapted = adapt(definition)
  return adapted.properties === undefined ? adapted : { ...adapted, additionalProperties: false }
}

function fileName({ kind, group, version }) {
  const shortGroup = group === '' ? '' : `-${group.split('.')[0]}`
  return `${kind}${shortGroup}-${version}.json`.toLowerCase()
}

/** One file for all definitions and one for each kind of object, which refers to it. */
export function writeSchemas({ definitions }, folder) {
  const all = Object.fromEntries(Object.entries(definitions).map(([name, one]) => [name, strict(one)]))
  // Quantities are written as text or as numbers.
  all['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { oneOf: [{ type: 'string' }, { type: 'number' }] }
  const kinds = []
  for (const [name, definition] of Object.entries(definitions)) {
    for (const kind of definition['x-kubernetes-group-version-kind'] ?? []) {
      const { properties = {} } = all[name]
      const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
      if (properties.kind === undefined) continue
      kinds.push([
        fileName(kind),
        {
          ...all[name],
          properties: {
            ...properties,
            kind: { type: 'string', enum: [kind.kind] },
            apiVersion: { type: 'string', enum: [apiVersion] },
          },
          required: [...new Set([...(all[name].required ?? []), 'kind', 'apiVersion'])],
          definitions: all,
        },
      ])
    }
  }
  // Hundreds of kinds are kinds of lists or of options, which no chart has; each file carries all definitions.
  const wanted = kinds.filter(([file]) => !/(list|options|status|review|event)-/.test(file))
  for (const [file, { definitions: _all, ...schema }] of wanted) {
    const text = JSON.stringify(schema).replaceAll('"#/definitions/', `"${DEFINITIONS}#/definitions/`)
    writeFileSync(join(folder, file), text)
  }
  writeFileSync(join(folder, DEFINITIONS), JSON.stringify({ definitions: all }))
}

/** Fields of any object that Kubernetes itself checks. */
const METADATA = { type: 'object' }

/** The same of a kind that others define: their definition is YAML and has a schema for each version. */
export function writeCustomSchema(definition, folder) {
  const { spec } = parse(definition)
  for (const { name: version, schema } of spec.versions) {
    const own = strictDeep(adapt(schema.openAPIV3Schema))
    const { kind } = spec.names
    const text = JSON.stringify({ ...own, properties: { ...own.properties, metadata: METADATA } })
    writeFileSync(join(folder, fileName({ kind, group: spec.group, version })), text)
  }
}

function strictDeep(schema) {
  if (Array.isArray(schema)) return schema.map(strictDeep)
  if (typeof schema !== 'object' || schema === null) return schema
  const deep = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strictDeep(value)]))
  const isObject = deep.type === 'object' && typeof deep.properties === 'object'
  return isObject && deep.additionalProperties === undefined ? { ...deep, additionalProperties: false } : deep
}
