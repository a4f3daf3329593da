"""What check_tree.py knows: how to read our C, and the rules of style.md section 11."""
