module Greeting
  def self.included(base)
    base.extend(ClassMethods)
  end

  module ClassMethods
    def greeting(text = nil)
      text ? @greeting = text : @greeting
    end
  end

  def greet = "#{self.class.greeting} #{name}"
end

class Person
  include Greeting
  include Comparable
  greeting "Hello"
  attr_reader :name

  def initialize(name) = @name = name
  def <=>(other) = name <=> other.name
end

puts [Person.new("Bob"), Person.new("Ann")].min.greet
