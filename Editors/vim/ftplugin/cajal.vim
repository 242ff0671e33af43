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
endif

" The buffer by `cajal2c fmt`; as it is where it has errors.
function! s:format() abort
  let l:lines = systemlist('cajal2c fmt -', join(getline(1, '$'), "\n") . "\n")
  if v:shell_error
    echohl ErrorMsg
    echomsg executable('cajal2c') ? 'The file has errors' : 'cajal2c is not in PATH'
    echohl None
    return
  endif
  let l:view = winsaveview()
  if l:lines !=# getline(1, '$')
    call setline(1, l:lines)
    if line('$') > len(l:lines)
      silent execute (len(l:lines) + 1) . ',$delete _'
    endif
  endif
  call winrestview(l:view)
endfunction
command! -buffer CajalFormat call s:format()

let b:undo_ftplugin = 'setlocal comments< commentstring< expandtab< shiftwidth< softtabstop< textwidth< iskeyword<'
      \ . ' suffixesadd< makeprg< errorformat< | delcommand CajalFormat'
