enum Level {
  Low = 1,
  High,
}
const enum Flag {
  None = 0,
  Read = 1 << 0,
}
namespace Names {
  export const of = (level: Level): string => Level[level]
}
console.log(Names.of(Level.High), Flag.Read)
