import json
from dataclasses import asdict, dataclass, field


@dataclass
class Person:
    name: str
    age: int
    tags: list[str] = field(default_factory=list)


people = [Person("Ann", 30, ["admin"]), Person("Bob", 25)]
text = json.dumps([asdict(p) for p in people])
loaded = json.loads(text)
print(max(loaded, key=lambda p: p["age"])["name"])
