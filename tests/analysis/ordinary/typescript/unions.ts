type Shape = { kind: 'circle'; radius: number } | { kind: 'square'; side: number }
function area(shape: Shape): number {
  switch (shape.kind) {
    case 'circle':
      return Math.PI * shape.radius ** 2
    case 'square':
      return shape.side ** 2
  }
}
const shapes: Shape[] = [{ kind: 'circle', radius: 1 }, { kind: 'square', side: 2 }]
console.log(shapes.map(area).map((x) => x.toFixed(1)))
