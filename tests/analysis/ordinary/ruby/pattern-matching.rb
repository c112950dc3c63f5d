config = { user: { name: "Ann", roles: %i[admin editor] } }
case config
in { user: { name: String => name, roles: [*, :admin, *] } }
  puts "#{name} is admin"
in { user: { name: } }
  puts name
end
result = [1, [2, 3]]
result => [first, [*rest]]
puts first, rest.sum
