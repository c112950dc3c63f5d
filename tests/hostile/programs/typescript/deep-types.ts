// Types whose checking takes for ever: types are removed, not computed.
type Grow<Word extends string, Depth extends unknown[]> = Depth['length'] extends 60 ? Word : Grow<`${Word}${Word}`, [...Depth, 0]>
type Nested<Depth extends unknown[] = []> = Depth['length'] extends 900 ? Depth : Nested<[...Depth, Nested<[]>]>
type Pair<Value> = [Value, Value]
type Bomb = Pair<Pair<Pair<Pair<Pair<Pair<Pair<Pair<Pair<Pair<Grow<'a', []>>>>>>>>>>>

const nothing: Bomb | Nested | number = 42
console.log(nothing)
