"""A parser of what known.cajal uses: declarations and terms as tuples."""
import re
import sys

TOKEN = re.compile(r"\s+|--[^\n]*|(?P<token>-o|=>|[0-9]+x[0-9]+|[0-9]+(?:\.[0-9]+)?|[A-Za-z_][A-Za-z0-9_']*|.)")
WORDS = {"in", "then", "else", "program", "model", "net", "def", "horizon"}


class Parser:
    def __init__(self, text):
        self.tokens = [m["token"] for m in TOKEN.finditer(text) if m["token"]] + [""]
        self.at = 0

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def sees(self, token):
        return self.tokens[self.at] == token

    def take(self, token):
        if not self.sees(token):
            sys.exit(f"oracle.py: {token!r} expected before {' '.join(self.tokens[self.at:self.at + 5])}")
        self.at += 1

    def accept(self, token):
        if self.sees(token):
            self.at += 1
            return True
        return False

    def type(self):
        if self.accept("("):
            left = self.type()
            self.take(")")
        else:
            name, extents = self.next(), [1]
            if self.accept("["):
                extents = [int(self.next())]
                while self.accept(","):
                    extents.append(int(self.next()))
                self.take("]")
            left = {"Bool": ("bool",), "Nat": ("nat",), "Real": ("real", extents)}[name]
        return ("fun", left, self.type()) if self.accept("-o") else left

    def expression(self):
        if self.accept("fun"):
            has_type = self.accept("(")
            name = self.next()
            if has_type:
                self.take(":")
                self.type()
                self.take(")")
            self.take("=>")
            return ("fun", name, self.expression())
        if self.accept("if"):
            condition = self.expression()
            self.take("then")
            yes = self.expression()
            self.take("else")
            return ("if", condition, yes, self.expression())
        if self.accept("let"):
            name = self.next()
            self.take("=")
            value = self.expression()
            self.take("in")
            return ("apply", ("fun", name, self.expression()), value)
        return self.sum()

    def sum(self):
        left = ("times", -1.0, self.product()) if self.accept("-") else self.product()
        while self.sees("+") or self.sees("-"):
            sign = -1.0 if self.next() == "-" else 1.0
            left = ("plus", left, ("times", sign, self.product()))
        return left

    def product(self):
        if self.tokens[self.at][:1].isdigit() and self.tokens[self.at + 1] == "*":
            factor = float(self.next())
            self.take("*")
            return ("times", factor, self.product())
        left = self.atom()
        while self.tokens[self.at] in ("(", "[") or self.is_name() or self.tokens[self.at][:1].isdigit():
            left = ("apply", left, self.atom())
        return left

    def is_name(self):
        return re.match(r"[A-Za-z_]", self.tokens[self.at]) is not None and self.tokens[self.at] not in WORDS

    def atom(self):
        if self.accept("("):
            inner = self.expression()
            if self.accept(":"):
                self.type()
            self.take(")")
            return inner
        if self.accept("["):
            items = [self.sum()]
            while self.accept(","):
                items.append(self.sum())
            self.take("]")
            return ("list", items)
        if self.accept("succ"):
            return ("succ", self.atom())
        if self.accept("iter"):
            self.take("{")
            base = self.expression()
            self.take("|")
            name = self.next()
            self.take("=>")
            step = self.expression()
            self.take("}")
            return ("iter", base, name, step, self.atom())
        token = self.next()
        return ("number", float(token)) if token[:1].isdigit() else ("name", token)

    def layers(self):
        layers = []
        while not layers or self.accept("|"):
            kind, numbers = self.next(), []
            while re.fullmatch(r"[0-9]+|[0-9]+x[0-9]+", self.tokens[self.at]):
                numbers += [int(n) for n in self.next().split("x")]
            layers.append((kind, *(numbers or [0])))
        return layers

    def file(self):
        horizon, declarations = 10, []
        while not self.sees(""):
            kind = self.next()
            if kind == "horizon":
                horizon = int(self.next())
                continue
            name, parameters = self.next(), []
            if self.accept("("):
                while not self.accept(")"):
                    self.accept(",")
                    parameter = self.next()
                    self.take(":")
                    parameters.append((parameter, self.type()))
            self.take(":")
            result = self.type()
            self.take("=")
            body = self.layers() if kind == "net" else self.expression()
            declarations.append((kind, name, parameters, result, body))
        return horizon, declarations
