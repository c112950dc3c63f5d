Point = Struct.new(:x, :y) do
  def +(other) = Point.new(x + other.x, y + other.y)
  def to_s = "(#{x}, #{y})"
end
Coord = Data.define(:lat, :lng)
puts Point.new(1, 2) + Point.new(3, 4), Coord.new(lat: 1, lng: 2).lat
