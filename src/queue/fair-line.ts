/**
 * A line in which clients take turns, and each client's own entries keep their order. Both are doubly linked rings,
 * so that adding, taking and leaving cost the same however long the line is.
 */
interface Links<T> {
  previous: T
  next: T
}

/** A place in the line; `leave` gives it up. */
export class Place<T> implements Links<Place<T>> {
  readonly value: T
  readonly client: Client<T>
  previous: Place<T> = this
  next: Place<T> = this

  constructor(value: T, client: Client<T>) {
    this.value = value
    this.client = client
  }
}

class Client<T> implements Links<Client<T>> {
  readonly key: string
  previous: Client<T> = this
  next: Client<T> = this
  first: Place<T> | undefined
  length = 0

  constructor(key: string) {
    this.key = key
  }
}

export class FairLine<T> {
  readonly #clients = new Map<string, Client<T>>()
  /** Whose turn it is. */
  #turn: Client<T> | undefined
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Adds a value at the end of its client's own line. */
  join(clientKey: string, value: T): Place<T> {
    const client = this.#clients.get(clientKey) ?? this.#admit(clientKey)
    const place = new Place(value, client)
    client.first = insertBefore(client.first, place)
    client.length++
    this.#length++
    return place
  }

  /** Clients with anything in the line. */
  get clients(): number {
    return this.#clients.size
  }

  /** How much of the line is this client's. */
  lengthOf(clientKey: string): number {
    return this.#clients.get(clientKey)?.length ?? 0
  }

  /** Takes the oldest value of the client whose turn it is, or of the next that may have one; passes the turn on. */
  take(mayHave: (clientKey: string) => boolean = anybody): T | undefined {
    for (const client of ring(this.#turn)) {
      const place = client.first
      if (place === undefined || !mayHave(client.key)) continue
      this.#turn = client.next
      this.leave(place)
      return place.value
    }
    return undefined
  }

  /** Takes a place out of the line; it must be in it. */
  leave(place: Place<T>): void {
    const { client } = place
    client.first = remove(client.first, place)
    client.length--
    this.#length--
    if (client.length > 0) return
    this.#clients.delete(client.key)
    this.#turn = remove(this.#turn, client)
  }

  /**
   * A bound on how many are taken before this place, if nobody joins or leaves: before each entry of this client, one
   * of every other client.
   */
  mostBefore(place: Place<T>): number {
    return Math.min(this.#length, place.client.length * this.#clients.size) - 1
  }

  /** All values in the order in which they would be taken now. */
  *inOrder(): Generator<T> {
    let clients = Array.from(ring(this.#turn), ({ first, length }) => ({ next: first, left: length }))
    while (clients.length > 0) {
      for (const client of clients) {
        if (client.next !== undefined) yield client.next.value
        client.next = client.next?.next
        client.left--
      }
      clients = clients.filter((client) => client.left > 0)
    }
  }

  #admit(key: string): Client<T> {
    const client = new Client<T>(key)
    this.#clients.set(key, client)
    this.#turn = insertBefore(this.#turn, client)
    return client
  }
}

function anybody(): boolean {
  return true
}

/** Puts an entry at the end of the ring that begins with `first`, and gives the ring's beginning. */
function insertBefore<T extends Links<T>>(first: T | undefined, entry: T): T {
  if (first === undefined) return entry
  entry.previous = first.previous
  entry.next = first
  first.previous.next = entry
  first.previous = entry
  return first
}

/** Takes an entry out of the ring that begins with `first`, and gives the ring's beginning, if any is left. */
function remove<T extends Links<T>>(first: T | undefined, entry: T): T | undefined {
  if (entry.next === entry) return undefined
  entry.previous.next = entry.next
  entry.next.previous = entry.previous
  return first === entry ? entry.next : first
}

function* ring<T extends Links<T>>(first: T | undefined): Generator<T> {
  if (first === undefined) return
  let entry = first
  do {
    yield entry
    entry = entry.next
  } while (entry !== first)
}
