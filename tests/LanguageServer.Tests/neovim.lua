-- Drives the built-in client of Neovim (0.7 and newer) through what an author does, and writes what came back as JSON.
local server, root, prompt, result = vim.env.EDGEBUILD_SERVER, vim.env.EDGEBUILD_ROOT, vim.env.EDGEBUILD_PROMPT, vim.env.EDGEBUILD_RESULT
local answers = {}

vim.cmd('edit ' .. vim.fn.fnameescape(prompt))
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({ name = 'edgebuild', cmd = { 'dotnet', server, 'lsp' }, root_dir = root })
vim.lsp.buf_attach_client(buffer, client)
vim.wait(30000, function() return vim.lsp.buf_get_clients(buffer)[client] ~= nil and vim.lsp.get_client_by_id(client).initialized end, 50)

local function find(text, offset)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then return number, column - 1 + offset end
  end
end

local function request(method, text, offset, extra)
  local line, column = find(text, offset)
  vim.api.nvim_win_set_cursor(0, { line, column })
  local parameters = vim.tbl_extend('force', vim.lsp.util.make_position_params(), extra or {})
  local responses = vim.lsp.buf_request_sync(buffer, method, parameters, 30000)
  return responses and responses[client] and responses[client].result
end

-- A typing error, seen while it is typed.
local line = find('{{ticket}}', 0)
vim.api.nvim_buf_set_lines(buffer, line - 1, line, false, { '😀 {{tiket}}' })
vim.wait(30000, function() return #vim.diagnostic.get(buffer) > 0 end, 50)
answers.diagnostics = vim.tbl_map(function(found) return found.message end, vim.diagnostic.get(buffer))
answers.diagnosticColumn = vim.diagnostic.get(buffer)[1] and vim.diagnostic.get(buffer)[1].col

-- Its fix.
local range = { start = { line = line - 1, character = 0 }, ['end'] = { line = line - 1, character = 20 } }
local actions = vim.lsp.buf_request_sync(buffer, 'textDocument/codeAction', { textDocument = vim.lsp.util.make_text_document_params(), range = range, context = { diagnostics = {} } }, 30000)
for _, action in ipairs(actions[client].result) do
  if action.isPreferred then vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16') end
end
answers.fixed = vim.api.nvim_buf_get_lines(buffer, line - 1, line, false)[1]

answers.hover = request('textDocument/hover', '{{ticket}}', 4).contents.value
answers.completion = vim.tbl_map(function(item) return item.label end, request('textDocument/completion', 'kind: string', 7))
answers.definition = request('textDocument/definition', '{{ticket}}', 4)[1].range.start.line
answers.references = #request('textDocument/references', '- Billing', 3, { context = { includeDeclaration = true } })
answers.symbols = #request('textDocument/documentSymbol', '{{ticket}}', 4)

-- Lenses, and a command of one.
vim.lsp.codelens.refresh()
vim.wait(30000, function() return #vim.lsp.codelens.get(buffer) > 0 end, 50)
answers.lenses = vim.tbl_map(function(lens) return lens.command.title end, vim.lsp.codelens.get(buffer))

local edit = request('textDocument/rename', '{{ticket}}', 4, { newName = 'message' })
vim.lsp.util.apply_workspace_edit(edit, 'utf-16')
answers.renamed = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
answers.changedBuffers = #vim.tbl_filter(function(number) return vim.api.nvim_buf_get_option(number, 'modified') end, vim.api.nvim_list_bufs())

vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { '', '', '' })
vim.lsp.buf.formatting_sync({}, 30000)
answers.formattedLines = vim.api.nvim_buf_line_count(buffer)

local file = io.open(result, 'w')
file:write(vim.fn.json_encode(answers))
file:close()
vim.cmd('qall!')
