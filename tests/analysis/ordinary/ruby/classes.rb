class Account
  attr_reader :owner, :balance

  class InsufficientFunds < StandardError; end

  def initialize(owner, balance = 0)
    @owner = owner
    @balance = balance
  end

  def withdraw(amount)
    raise InsufficientFunds, "only #{balance}" if amount > balance
    @balance -= amount
    self
  end

  def to_s = "#{owner}: #{balance}"
end

begin
  puts Account.new("Ann", 50).withdraw(20)
  Account.new("Bob").withdraw(1)
rescue Account::InsufficientFunds => e
  puts e.message
ensure
  puts "done"
end
