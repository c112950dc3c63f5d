require "json"
require "set"
require_relative "helper" if File.exist?("helper.rb")

data = JSON.parse('{"a": [1, 2, {"b": null}]}', symbolize_names: true)
puts data.dig(:a, 2, :b).nil?, JSON.generate(data), Set.new([1, 1]).size
