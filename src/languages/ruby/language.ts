import { defineLanguage } from '../define-language.js'

export default defineLanguage({
  id: 'ruby',
  name: 'Ruby',
  aliases: ['rb'],
  extensions: ['rb'],
  monaco: 'ruby',
  mainFile: 'main.rb',
  image: {
    packages: ['ruby'],
    files: { '/usr/local/lib/codeexec/unbuffered.rb': 'image/unbuffered.rb' },
    buildSeconds: 6,
  },
  version: { argv: ['ruby', '--version'], pattern: /^ruby (\d+\.\d+\.\d+)/u },
  // It takes all of its stack when it starts, up to the limit; its own frames are elsewhere.
  run: { argv: ['ruby', '-I/box', '{entry}'], stackBytes: 8 << 20 },
  warm: {
    kind: 'fork',
    looksFor: [
      'bundled_gems',
      'did_you_mean',
      'enc',
      'enumerator',
      'error_highlight',
      'fiber',
      'monitor',
      'rbconfig',
      'rubygems',
      'syntax_suggest',
      'thread',
    ],
    // Options in a first line such as `#!/usr/bin/env ruby -w` are read before everything else.
    notFirst: '#!',
  },
  interactiveEnv: { RUBYOPT: '-r/usr/local/lib/codeexec/unbuffered.rb' },
  libraries: ['matrix', 'minitest', 'prime', 'racc', 'rexml', 'test-unit'],
  samples: [
    {
      title: 'Hello',
      files: { 'main.rb': 'puts "Hello, World!"\n' },
      expectedOutput: 'Hello, World!\n',
    },
    {
      title: 'Sum of the numbers on standard input',
      files: { 'main.rb': 'puts "Sum: #{$stdin.read.split.sum(&:to_i)}"\n' },
      stdin: '3 4\n5\n',
      expectedOutput: 'Sum: 12\n',
    },
    {
      title: 'Arguments',
      files: { 'main.rb': 'ARGV.each { |argument| puts "<#{argument}>" }\n' },
      args: ['one', 'two words', '--version'],
      expectedOutput: '<one>\n<two words>\n<--version>\n',
    },
    {
      title: 'Entry point and classes in folders',
      files: {
        'app/main.rb': `require "shapes/square"
require_relative "report"

puts report(Shapes::Square.new(4))
`,
        'app/report.rb': `def report(shape)
  "#{shape.class.name} of area #{shape.area}"
end
`,
        'shapes/square.rb': `module Shapes
  Square = Struct.new(:side) do
    def area = side**2
  end
end
`,
      },
      expectedOutput: 'Shapes::Square of area 16\n',
    },
    {
      title: 'The standard library',
      files: {
        'main.rb': `require "json"
require "set"

words = %w[the quick brown fox the end]
puts JSON.generate(words.tally)
puts Set.new(words).size
`,
      },
      expectedOutput: '{"the":2,"quick":1,"brown":1,"fox":1,"end":1}\n5\n',
    },
  ],
})
