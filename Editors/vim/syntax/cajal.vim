" Cajal, a linear functional language.
if exists('b:current_syntax')
  finish
endif

" A letter, a digit, `_` or `'`; beyond ASCII everything but what is a sign or a word by itself.
let s:first = '\%([A-Za-z_]\|[^\x01-\x7Fλℕ𝟚⊸⇒↪→]\)'
let s:rest = '\%([A-Za-z0-9_'']\|[^\x01-\x7Fλℕ𝟚⊸⇒↪→]\)'
let s:end = s:rest . '\@!'

" Later rules win over earlier ones.
execute 'syntax match cajalName /' . s:first . s:rest . '*/'
execute 'syntax match cajalConstructor /[A-Z]' . s:rest . '*/'
syntax match cajalOperator /=>\|[⇒↪⊸→]\|->\|[-+*\/^!=|:.]/
execute 'syntax match cajalOperator /-o' . s:end . '/'
syntax match cajalBracket /[()\[\]{},]/
syntax match cajalBad /[\x22-\x27;<>?@\\`~&#$%"]/

execute 'syntax match cajalBadNumber /[0-9]\+\%(\.[0-9]\+\)\?\%([eE][-+]\?[0-9]\+\)\?\%(\%(' . s:first . '\|' . "'" . '\)'
      \ . s:rest . '*\|\.\)/'
execute 'syntax match cajalNumber /[0-9]\+' . s:end . '\.\@!/'
execute 'syntax match cajalNumber /[0-9]\+\%(\.[0-9]\+\%([eE][-+]\?[0-9]\+\)\?\|[eE][-+]\?[0-9]\+\)' . s:end . '/'
execute 'syntax match cajalNumber /[0-9]\+\%(x[0-9]\+\)\+' . s:end . '/'

let s:before = s:rest . '\@1<!'
function! s:words(group, words) abort
  execute 'syntax match ' . a:group . ' /' . s:before . '\%(' . a:words . '\)' . s:end . '/'
endfunction

call s:words('cajalFunction', 'conv2d\|scale\|dot\|apply\|outer\|reshape\|transpose\|widen\|times\|entry\|slice\|concat'
      \ . '\|exp\|log\|sqrt\|sin\|cos\|tanh\|sigmoid\|softplus\|relu\|abs\|recip\|min\|max')
call s:words('cajalType', 'Bool\|Nat\|Real')
syntax match cajalType /[ℕ𝟚]/
call s:words('cajalBoolean', 'true\|false\|tt\|ff')
call s:words('cajalKeyword', 'fun\|if\|then\|else\|let\|in\|iter\|succ')
syntax match cajalKeyword /λ/
execute 'syntax match cajalKeyword /' . s:before . '\%(scan\|case\|fold\)\%(\s*{-\@!\)\@=/'
execute 'syntax match cajalKeyword /\%(|\s*\)\@<=\%(conserves\|nonnegative\)' . s:end . '/'
execute 'syntax match cajalKeyword /' . s:before . 'within\s\+\%(l1\|l2\|linf\)' . s:end . '/'
syntax match cajalLayer /\%([=|]\s*\|^\s*\)\@<=\%(conv\|dense\|maxpool\|avgpool\|relu\|tanh\|sigmoid\|softplus\|softmax\)\%(\s*\%($\||\|--\)\|\s\+[0-9]\)\@=/
execute 'syntax match cajalLayer /' . s:before . 'stride\%(\s\+[0-9]\)\@=/'
execute 'syntax match cajalLayer /' . s:before . 'valid\%(\s*\%($\||\|--\)\)\@=/'

call s:words('cajalDeclaration', 'program\|def\|type\|horizon')
execute 'syntax match cajalDeclaration /^\s*\%(net\|model\)\%(\s\+' . s:first . s:rest . '*\s*(\)\@=/'
execute 'syntax match cajalDeclaration /^\s*param\%(\s\+' . s:first . s:rest . '*\s*:\)\@=/'
execute 'syntax match cajalDeclaration /^\s*data\%(\s\+' . s:first . s:rest . '*\s*=\)\@=/'

syntax match cajalComment /--.*$/ contains=@Spell
syntax region cajalBlockComment start=/{-/ end=/-}/ contains=cajalBlockComment,@Spell
syntax sync fromstart

highlight default link cajalComment Comment
highlight default link cajalBlockComment Comment
highlight default link cajalDeclaration Statement
highlight default link cajalKeyword Keyword
highlight default link cajalBoolean Boolean
highlight default link cajalNumber Number
highlight default link cajalBadNumber Error
highlight default link cajalBad Error
highlight default link cajalType Type
highlight default link cajalConstructor Constant
highlight default link cajalFunction Function
highlight default link cajalLayer Function
highlight default link cajalOperator Operator
highlight default link cajalBracket Delimiter
highlight default link cajalName Identifier

let b:current_syntax = 'cajal'
