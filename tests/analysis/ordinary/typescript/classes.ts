abstract class Account {
  protected constructor(public readonly owner: string, private balance = 0) {}
  deposit(amount: number): this {
    this.balance += amount
    return this
  }
  get total(): number {
    return this.balance
  }
  abstract fee(): number
}
class Savings extends Account {
  static open(owner: string): Savings {
    return new Savings(owner)
  }
  override fee(): number {
    return 0
  }
}
console.log(Savings.open('Ann').deposit(5).total)
