package main

import (
	"errors"
	"fmt"
	"math"
)

type Shape interface{ Area() float64 }
type Circle struct{ Radius float64 }
type Square struct{ Side float64 }

func (c Circle) Area() float64 { return math.Pi * c.Radius * c.Radius }
func (s Square) Area() float64 { return s.Side * s.Side }

var ErrEmpty = errors.New("no shapes")

func largest(shapes []Shape) (Shape, error) {
	if len(shapes) == 0 {
		return nil, fmt.Errorf("largest: %w", ErrEmpty)
	}
	best := shapes[0]
	for _, s := range shapes[1:] {
		if s.Area() > best.Area() {
			best = s
		}
	}
	return best, nil
}

func main() {
	s, err := largest([]Shape{Circle{1}, Square{2}})
	fmt.Printf("%T %v\n", s, err)
	_, err = largest(nil)
	fmt.Println(errors.Is(err, ErrEmpty), math.IsNaN(math.Sqrt(-1)))
}
