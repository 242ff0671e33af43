" Cajal, a linear functional language.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal comments=s1fl:{-,mb:\ \ ,ex:-},:--
setlocal commentstring=--\ %s
setlocal expandtab shiftwidth=2 softtabstop=2 textwidth=120
setlocal iskeyword+=39
setlocal suffixesadd=.cajal
if executable('cajal2c')
  setlocal makeprg=cajal2c\ check\ %:S
  " error[E0101]: text, and below it its place.
  setlocal errorformat=%Eerror[%*[A-Z0-9]]:\ %m,%Wwarning[%*[A-Z0-9]]:\ %m,%C\ %#-->\ %f:%l:%c,%C%.%#
  setlocal formatprg=cajal2c\ fmt\ -
endif

let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< softtabstop< textwidth< iskeyword<'
      \ . ' suffixesadd< makeprg< errorformat< formatprg<'
