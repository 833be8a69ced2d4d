package oauth

import (
	"math"
	"strconv"
)

// parseNumber reads a number of seconds; what is none, or out of reason, is 0.
func parseNumber(text string) number {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > 1e15 {
		return 0
	}
	return number(f)
}
