class Enemy {
  constructor(hp) {
    this.hp = hp
  }
  static spawn(hp) {
    return new Enemy(hp)
  }
  kill() {
    this.hp = 0
  }
}
const process = { enemies: [Enemy.spawn(3), Enemy.spawn(5)] }
for (const enemy of process.enemies) enemy.kill()
const fetch = (index) => process.enemies[index]
console.log(fetch(0).hp, process.enemies.every(({ hp }) => hp === 0))
