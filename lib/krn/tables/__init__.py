"""The tables of krn, one file each, by stage; `krn.tables.every.TABLES` lists them."""
