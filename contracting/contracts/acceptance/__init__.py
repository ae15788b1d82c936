"""An award on a quotation: the Government's offer, and the vendor's answer to it."""
