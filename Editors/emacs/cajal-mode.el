;;; cajal-mode.el --- Cajal, a linear functional language  -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "26.1"))
;; Keywords: languages

;;; Commentary:

;; Colours, comments and indentation for files of Cajal, and the language server of cajal2c for Eglot:
;;
;;   (add-to-list 'load-path "FOLDER")
;;   (require 'cajal-mode)
;;   (add-hook 'cajal-mode-hook #'eglot-ensure)

;;; Code:

(defgroup cajal nil "Cajal, a linear functional language." :group 'languages)

(defcustom cajal-compiler "cajal2c"
  "The compiler, a path or a name in `exec-path'."
  :type 'string)

(defvar cajal-mode-syntax-table
  (let ((table (make-syntax-table)))
    ;; `--' to the end of the line, and {- nested -}.
    (modify-syntax-entry ?- ". 123" table)
    (modify-syntax-entry ?\{ "(}1nb" table)
    (modify-syntax-entry ?\} "){4nb" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\r ">" table)
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?' "_" table)
    (dolist (sign '(?+ ?* ?/ ?^ ?! ?= ?| ?: ?. ?, ?< ?> ?& ?# ?$ ?% ?? ?@ ?~ ?\; ?\\ ?\" ?` ?⊸ ?⇒ ?↪ ?→ ?λ))
      (modify-syntax-entry sign "." table))
    table)
  "Syntax table of `cajal-mode'.")

(defconst cajal--name "\\(?:\\_<\\(?:\\sw\\|\\s_\\)+\\)"
  "A name, or a number.")

(defun cajal--words (&rest words)
  "A pattern for WORDS, each by itself."
  (concat "\\_<" (regexp-opt words t) "\\_>"))

(defconst cajal-font-lock-keywords
  `((,(concat "^[ \t]*\\(net\\|model\\)[ \t]+\\(" cajal--name "\\)[ \t\n]*(")
     (1 font-lock-keyword-face) (2 font-lock-function-name-face))
    (,(concat "^[ \t]*\\(param\\)[ \t]+\\(" cajal--name "\\)[ \t\n]*:")
     (1 font-lock-keyword-face) (2 font-lock-variable-name-face))
    (,(concat "^[ \t]*\\(data\\)[ \t]+\\(" cajal--name "\\)[ \t\n]*=")
     (1 font-lock-keyword-face) (2 font-lock-type-face))
    (,(concat "\\_<\\(program\\|def\\)[ \t\n]+\\(" cajal--name "\\)")
     (1 font-lock-keyword-face) (2 font-lock-function-name-face))
    (,(cajal--words "program" "def" "type" "horizon" "fun" "if" "then" "else" "let" "in" "iter" "succ")
     . font-lock-keyword-face)
    ("λ" . font-lock-keyword-face)
    ("\\_<\\(scan\\|case\\|fold\\)[ \t\n]*{\\(?:[^-]\\|$\\)" (1 font-lock-keyword-face))
    ("|[ \t\n]*\\(conserves\\|nonnegative\\)\\_>" (1 font-lock-keyword-face))
    ("\\_<\\(within[ \t]+\\(?:l1\\|l2\\|linf\\)\\)\\_>" (1 font-lock-keyword-face))
    (,(cajal--words "true" "false" "tt" "ff") . font-lock-constant-face)
    (,(concat (cajal--words "Bool" "Nat" "Real") "\\|ℕ\\|𝟚") . font-lock-type-face)
    (,(concat "\\(?:[=|]\\|^\\)[ \t]*" (cajal--words "conv" "dense" "maxpool" "avgpool" "softmax"))
     (1 font-lock-builtin-face))
    ("\\_<\\(stride\\)[ \t]+[0-9]" (1 font-lock-builtin-face))
    ("\\_<\\(valid\\)[ \t]*\\(?:$\\||\\|--\\)" (1 font-lock-builtin-face))
    (,(cajal--words
       "conv2d" "scale" "dot" "apply" "outer" "reshape" "transpose" "widen" "times" "entry" "slice" "concat" "exp"
       "log" "sqrt" "sin" "cos" "tanh" "sigmoid" "softplus" "relu" "abs" "recip" "min" "max")
     . font-lock-builtin-face)
    ("\\_<[0-9]+\\(?:x[0-9]+\\)+\\_>" . font-lock-constant-face)
    ("\\_<[0-9]+\\(?:\\.[0-9]+\\)?\\(?:[eE][-+]?[0-9]+\\)?\\_>" . font-lock-constant-face)
    ("\\_<[[:upper:]]\\(?:\\sw\\|\\s_\\)*" . font-lock-type-face))
  "Patterns of `cajal-mode', the first of two that fit before the other.")

(defun cajal-indent-line ()
  "Indent a line as the line before it, or one step in after `=', `=>', `in' or an opening bracket.
`cajal2c fmt' says how a file is to look in the end."
  (interactive)
  (let ((column
         (save-excursion
           (beginning-of-line)
           (if (or (bobp) (looking-at "[ \t]*\\_<\\(program\\|def\\|type\\|horizon\\|net\\|model\\|data\\|param\\)\\_>"))
               0
             (skip-chars-backward " \t\n")
             (let ((opens (save-excursion (looking-back "\\(=\\|=>\\|[({[]\\)" (line-beginning-position)))))
               (+ (current-indentation) (if opens 2 0)))))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;;###autoload
(define-derived-mode cajal-mode prog-mode "Cajal"
  "Major mode for files of Cajal."
  (setq-local comment-start "-- ")
  (setq-local comment-end "")
  (setq-local comment-start-skip "\\(?:--+\\|{-+\\)[ \t]*")
  (setq-local comment-nested t)
  (setq-local font-lock-defaults '(cajal-font-lock-keywords))
  (setq-local indent-line-function #'cajal-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local fill-column 120))

(defun cajal-format-buffer ()
  "Format the buffer by `cajal2c fmt'; a file with errors stays as it is."
  (interactive)
  (let ((text (current-buffer)) (output (generate-new-buffer " *cajal2c fmt*")))
    (unwind-protect
        (if (zerop (call-process-region nil nil cajal-compiler nil (list output nil) nil "fmt" "-"))
            (with-current-buffer text (replace-buffer-contents output))
          (message "The file has errors"))
      (kill-buffer output))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.cajal\\'" . cajal-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons 'cajal-mode (lambda (&rest _) (list cajal-compiler "lsp")))))

(provide 'cajal-mode)

;;; cajal-mode.el ends here
