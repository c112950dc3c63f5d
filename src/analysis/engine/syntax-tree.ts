/**
 * A plain copy of a parser's tree. The parser's own nodes live in its WebAssembly memory and cost a call for every
 * look; this copy is walked many times, holds its bounds (nodes, depth), and cannot dangle when the tree is freed.
 */
import type { Language, Tree } from 'web-tree-sitter'

/** Most nodes are leaves; a list of its own for each would be half of a tree's memory. */
const NONE: readonly SyntaxNode[] = []

export class SyntaxNode {
  readonly type: string
  readonly named: boolean
  /** Name of the parent's field that holds this node (`function`, `arguments`), or null. */
  readonly field: string | null
  /** Offsets in UTF-16 code units; `end` is past the last one. */
  readonly start: number
  readonly end: number
  readonly parent: SyntaxNode | null
  #children: SyntaxNode[] | undefined
  readonly #source: string
  /** Position in `SyntaxTree.nodes`. */
  readonly index: number
  /** Index of the last node below this one; its own index when it has none. */
  lastIndex: number
  /** Set when scopes are built, read through `scopeOf`: a tree knows nothing of scopes, but a map would cost more. */
  scope: unknown
  #named: readonly SyntaxNode[] | undefined

  constructor(
    source: string,
    index: number,
    parent: SyntaxNode | null,
    shape: { type: string; named: boolean; field: string | null; start: number; end: number },
  ) {
    this.#source = source
    this.index = index
    this.lastIndex = index
    this.parent = parent
    if (parent) (parent.#children ??= []).push(this)
    this.type = shape.type
    this.named = shape.named
    this.field = shape.field
    this.start = shape.start
    this.end = shape.end
  }

  get children(): readonly SyntaxNode[] {
    return this.#children ?? NONE
  }

  get text(): string {
    return this.#source.slice(this.start, this.end)
  }

  /** Without comments. Ask when the tree is whole: the answer is kept. */
  get namedChildren(): readonly SyntaxNode[] {
    if (!this.#children) return NONE
    this.#named ??= this.#children.filter((child) => child.named && !isComment(child))
    return this.#named
  }

  /** First child in a field. */
  get(field: string): SyntaxNode | undefined {
    return this.children.find((child) => child.field === field)
  }

  /** All named children in a field. */
  all(field: string): SyntaxNode[] {
    return this.children.filter((child) => child.field === field && child.named)
  }

  /** First child of a type. */
  childOfType(...types: readonly string[]): SyntaxNode | undefined {
    return this.children.find((child) => types.includes(child.type))
  }
}

const isComment = (node: SyntaxNode): boolean => node.type.endsWith('comment')

export interface SyntaxTree {
  readonly source: string
  readonly root: SyntaxNode
  /** Every node, parents before children, in source order. */
  readonly nodes: readonly SyntaxNode[]
  /** The bound that left something out, or null. */
  readonly cut: 'depth' | 'nodes' | null
}

export interface TreeBounds {
  readonly maxNodes: number
  readonly maxDepth: number
}

/** Copies a tree, leaving out what lies deeper than `maxDepth` or comes after `maxNodes`. */
export function copyTree(tree: Tree, source: string, bounds: TreeBounds): SyntaxTree {
  const { types, fields } = tree.language
  const isNamed = namedTypes(tree.language)
  const nodes: SyntaxNode[] = []
  const cursor = tree.walk()
  let cut: SyntaxTree['cut'] = null
  let parent: SyntaxNode | null = null
  let depth = 0

  const close = (node: SyntaxNode): void => {
    node.lastIndex = nodes.length - 1
  }
  const copy = (): SyntaxNode => {
    const typeId = cursor.nodeTypeId
    const node = new SyntaxNode(source, nodes.length, parent, {
      type: types[typeId] ?? 'ERROR',
      named: isNamed[typeId] ?? true,
      field: fields[cursor.currentFieldId] ?? null,
      start: cursor.startIndex,
      end: cursor.endIndex,
    })
    nodes.push(node)
    return node
  }

  const root = copy()
  let current = root
  try {
    for (;;) {
      const mayDescend = depth < bounds.maxDepth
      if (mayDescend && cursor.gotoFirstChild()) {
        parent = current
        depth++
      } else {
        if (!mayDescend && current.end - current.start > 1) cut ??= 'depth'
        close(current)
        while (!cursor.gotoNextSibling()) {
          if (!parent || !cursor.gotoParent()) return { source, root, nodes, cut }
          close(parent)
          parent = parent.parent
          depth--
        }
      }
      if (nodes.length >= bounds.maxNodes) {
        cut = 'nodes'
        for (let open = parent; open; open = open.parent) close(open)
        return { source, root, nodes, cut }
      }
      current = copy()
    }
  } finally {
    cursor.delete()
  }
}

const namedTypesByLanguage = new WeakMap<Language, readonly boolean[]>()

function namedTypes(language: Language): readonly boolean[] {
  let isNamed = namedTypesByLanguage.get(language)
  if (!isNamed) {
    isNamed = language.types.map((_, id) => language.nodeTypeIsNamed(id))
    namedTypesByLanguage.set(language, isNamed)
  }
  return isNamed
}
