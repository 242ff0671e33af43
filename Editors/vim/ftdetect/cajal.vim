autocmd BufNewFile,BufRead *.cajal setfiletype cajal
