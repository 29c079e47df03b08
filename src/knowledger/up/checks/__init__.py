"""What `knowledger doctor` looks at, one function a claim."""
