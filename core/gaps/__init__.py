"""Policy gaps: what keeps going wrong, who answers for it, and whether the change worked. Pure."""
