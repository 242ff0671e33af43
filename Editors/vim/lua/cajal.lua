-- The language server of cajal2c in Neovim, 0.7 and later: require('cajal').setup()
local M = {}
local client

--- @param options table|nil compiler: the path of cajal2c; inlayHints: { layerShapes = true, degrees = true }
function M.setup(options)
  options = options or {}
  local config = {
    name = 'cajal',
    cmd = { options.compiler or 'cajal2c', 'lsp' },
    init_options = { inlayHints = options.inlayHints },
  }
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'cajal',
    group = vim.api.nvim_create_augroup('cajal', { clear = true }),
    callback = function(event)
      if vim.lsp.start then
        vim.lsp.start(config, { bufnr = event.buf })
        return
      end
      -- Before 0.8.
      if not client or vim.lsp.client_is_stopped(client) then client = vim.lsp.start_client(config) end
      vim.lsp.buf_attach_client(event.buf, client)
      vim.bo[event.buf].omnifunc = 'v:lua.vim.lsp.omnifunc'
    end,
  })
end

return M
