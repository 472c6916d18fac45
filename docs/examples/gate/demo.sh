#!/bin/sh
# Record a baseline, compare with it, make the code slower, then faster; then measure side by side with a commit.
# Usage: demo.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
rm -rf .giflab .git
cp "$here/greyscale.py" "$here/test_greyscale.py" .
printf '[pytest]\npythonpath = .\n' > pytest.ini
unset CI PYTEST_ADDOPTS
# What is recorded is a commit: what seems slower is then measured again, side by side with it.
git init --quiet
git add .
git -c user.name=demo -c user.email=demo@example.org commit --quiet --message "base"

gate() {
  echo
  echo "== $1"
  echo "\$ pytest ${2:---giflab-baseline}"
  code=0
  python -m pytest -q -p no:cacheprovider "${2:---giflab-baseline}" || code=$?
  echo "(exit status $code)"
}

gate "The first run records"
[ "$code" = 0 ]
gate "The second run compares"
[ "$code" = 0 ]

# Slower: the pixels are sorted first, for nothing.
sed 's/    return bytes(.*/    for _ in range(12):\n        sum(data)\n        sorted(data)\n&/' "$here/greyscale.py" > greyscale.py
gate "A slower version fails"
[ "$code" = 1 ]

# Faster: Pillow's own conversion, in C.
sed 's/    data = image.tobytes()/    return image.convert("L").tobytes()/' "$here/greyscale.py" > greyscale.py
gate "A faster version is improved"
[ "$code" = 0 ]

# A fifth slower: far too little to see against one recording.
sed 's/    return bytes(.*/    for _ in range(2):\n        sum(data)\n&/' "$here/greyscale.py" > greyscale.py
gate "A little slower, side by side with the commit before" --giflab-against=HEAD
[ "$code" = 1 ]
echo
echo "The project and its baseline are in $(pwd)/"
