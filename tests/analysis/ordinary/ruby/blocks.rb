def twice
  yield 1
  yield 2
end

def collect(*args, **options, &block) = block.call(*args, **options)

square = ->(x) { x * x }
double = proc { |x| x * 2 }
twice { |n| puts (square >> double).call(n) }
puts collect(1, 2) { |a, b| a + b }, [3, 1].sort_by(&:-@).inspect
