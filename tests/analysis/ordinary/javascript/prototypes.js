function Animal(name) {
  this.name = name
}
Animal.prototype.speak = function () {
  return `${this.name} makes a sound`
}
class Dog extends Animal {
  speak() {
    return super.speak() + ': woof'
  }
  clone() {
    return new this.constructor(this.name)
  }
}
const rex = new Dog('Rex')
console.log(rex.clone().speak(), typeof rex.speak === 'function', rex instanceof Function)
