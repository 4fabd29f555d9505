"""What the data refs hold, and where: an index of the attachments and statements that their commits bring.

The bytes themselves are read by `records.attachments` and `records.pointers`, and written through `records.deposit`.
"""
