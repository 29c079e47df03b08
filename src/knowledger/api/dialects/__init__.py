"""Other people's words for a live answer: encoders over the native events, which stay the record.

An encoder is a fold: fed all events of an operation from the first, it writes the same every time. So a stream that is
taken up again is read again from the first event, and what the client has is left out.
"""
