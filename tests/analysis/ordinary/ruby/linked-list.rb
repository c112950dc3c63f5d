class List
  include Enumerable
  Node = Struct.new(:value, :next)

  def initialize = @head = nil

  def push(value)
    @head = Node.new(value, @head)
    self
  end

  def each
    node = @head
    while node
      yield node.value
      node = node.next
    end
  end

  def unlink(value)
    @head = @head.next while @head && @head.value == value
    self
  end
end

puts List.new.push(1).push(2).push(3).unlink(3).map { |x| x * 2 }.inspect
