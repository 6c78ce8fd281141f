package client

import (
	"slices"
	"testing"
)

// TestHeaviest: however many keys weigh alike, the heavier ones are drawn by themselves.
func TestHeaviest(t *testing.T) {
	for _, row := range []struct {
		weights []float64
		n       int
		want    []int
	}{
		{nil, 2, nil},
		{[]float64{0, 0}, 2, nil},
		{[]float64{1, 1, 1, 5, 1, 3}, 3, []int{0, 3, 5}},
		{[]float64{1, 1, 1, 1}, 2, []int{0, 1}},
		{[]float64{0, 4, 0, 2}, 3, []int{1, 3}},
		{[]float64{3, 1, 2}, 5, []int{0, 1, 2}},
	} {
		if got := heaviest(row.weights, row.n); !slices.Equal(got, row.want) {
			t.Errorf("the %d heaviest of %v are %v, want %v", row.n, row.weights, got, row.want)
		}
	}
}
