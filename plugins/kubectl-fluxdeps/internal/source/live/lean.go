package live

import "io"

// heavy lists, by the field of an object that holds them, fields that take
// much of it and that fluxdeps has no use for.
func heavy(field string) []string {
	switch field {
	case "metadata":
		return []string{"managedFields"}
	case "status":
		return []string{"history"}
	default:
		return nil
	}
}

// lean returns the object without its heavy fields, written over out: to cut
// them out takes a fraction of the time that a decoder takes to pass over
// them. It reports whether it was an object.
func lean(out, item []byte) ([]byte, bool) {
	out = append(out[:0], '{')
	whole := eachField(item, func(key, value []byte) {
		out = appendField(out, key)
		drop := heavy(unquoted(key))
		if drop == nil {
			out = append(out, value...)
			return
		}
		start := len(out)
		out = append(out, '{')
		if !eachField(value, func(key, value []byte) {
			for _, name := range drop {
				if unquoted(key) == name {
					return
				}
			}
			out = append(appendField(out, key), value...)
		}) {
			out = append(out[:start], value...)
			return
		}
		out = append(out, '}')
	})
	return append(out, '}'), whole
}

// appendField begins a field of the object that out ends in.
func appendField(out, key []byte) []byte {
	if out[len(out)-1] != '{' {
		out = append(out, ',')
	}
	return append(append(out, key...), ':')
}

// unquoted is a key without its quotes. One with escapes is not looked for.
func unquoted(key []byte) string { return string(key[1 : len(key)-1]) }

// eachField gives the fields of an object as they are written, and reports
// whether it was one.
func eachField(object []byte, take func(key, value []byte)) bool {
	s := &scanner{buffer: object, err: io.EOF}
	if !s.skip('{') {
		return false
	}
	for more := s.peek() != '}'; more; more = s.skip(',') {
		if s.peek() != '"' {
			return false
		}
		key, err := s.value()
		if err != nil || !s.skip(':') {
			return false
		}
		value, err := s.value()
		if err != nil || len(value) == 0 {
			return false
		}
		take(key, value)
	}
	return s.skip('}') && s.peek() == 0 && s.at == len(s.buffer)
}
