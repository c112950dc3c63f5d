import { createRoot } from 'react-dom/client'

import { App } from './app/App.js'
import { ServicesContext } from './app/context.js'
import { createServices } from './app/services.js'
import './styles/tokens.css'
import './styles/base.css'
import './styles/layout.css'
import './styles/editor.css'
import './styles/panels.css'
import './styles/popups.css'

const root = document.querySelector('#root')
if (root) {
  createRoot(root).render(
    <ServicesContext.Provider value={createServices()}>
      <App />
    </ServicesContext.Provider>,
  )
}
