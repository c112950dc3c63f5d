import type { Rule } from '../../../engine/rule.js'

const CLIENT_MODULES = [
  'requests',
  'httpx',
  'aiohttp',
  'urllib3',
  'urllib2',
  'ftplib',
  'smtplib',
  'poplib',
  'imaplib',
  'telnetlib',
  'nntplib',
  'paramiko',
  'websocket',
  'websockets',
  'pycurl',
  'treq',
]

export const network: readonly Rule[] = [
  {
    id: 'python/http-client',
    category: 'network',
    severity: 'high',
    message:
      '`{name}` reaches for another machine. Programs here have no network, so it fails; give the data as input instead.',
    match: [
      { calls: CLIENT_MODULES.flatMap((module) => [`${module}.*`, `${module}.*().*`]) },
      {
        calls: [
          'urllib.request.urlopen',
          'urllib.request.urlretrieve',
          'urllib.request.build_opener',
          'urllib.urlopen',
          'urllib.urlretrieve',
          'http.client.HTTPConnection',
          'http.client.HTTPSConnection',
          'xmlrpc.client.ServerProxy',
          'webbrowser.open*',
        ],
      },
      {
        importsOnly: [
          ...CLIENT_MODULES,
          ...CLIENT_MODULES.map((module) => `${module}.*`),
          'urllib.request',
          'http.client',
        ],
      },
    ],
    finds: [
      'import requests\nrequests.get("http://example.com")',
      'import requests',
      'from urllib.request import urlopen\nurlopen("http://example.com")',
      'import urllib.request as r\nr.urlretrieve("http://example.com", "x")',
      'from http.client import HTTPSConnection\nHTTPSConnection("example.com")',
      'import requests\nwith requests.Session() as session:\n    session.get("http://example.com")',
      'from requests import get',
      'import smtplib\nsmtplib.SMTP("localhost")',
    ],
    ignores: [
      'from urllib.parse import urlparse, quote\nprint(urlparse("http://example.com").netloc)',
      'requests = [1, 2]\nrequests.append(3)',
      'class Store:\n    def get(self, key): ...\nStore().get("x")',
      'from http import HTTPStatus\nprint(HTTPStatus.OK)',
      'def urlopen(x): ...\nurlopen("http://example.com")',
      'url = "http://example.com"',
      'from .requests import get\nget("x")',
    ],
  },
  {
    id: 'python/socket',
    category: 'network',
    severity: 'high',
    message: '`{name}` opens a connection or waits for one. Programs here see only their own loopback.',
    match: [
      {
        calls: [
          'socket.socket',
          'socket.create_connection',
          'socket.create_server',
          'socket.getaddrinfo',
          'socket.gethostbyname*',
          'socket.fromfd',
          'asyncio.open_connection',
          'asyncio.start_server',
          'socketserver.*',
          'http.server.*',
          'xmlrpc.server.*',
          'wsgiref.simple_server.make_server',
        ],
      },
      { importsOnly: ['socket', 'socket.*', 'socketserver', 'http.server'] },
    ],
    finds: [
      'import socket\ns = socket.socket()\ns.connect(("example.com", 80))',
      'from socket import socket as Sock, AF_INET\nSock(AF_INET)',
      'import socket',
      'import asyncio\nasync def main():\n    await asyncio.open_connection("example.com", 80)',
      'from http.server import HTTPServer, BaseHTTPRequestHandler\nHTTPServer(("", 8000), BaseHTTPRequestHandler).serve_forever()',
      'import socket as so\nso.create_connection(("example.com", 80))',
    ],
    ignores: [
      'socket = "wall"\nprint(socket)',
      'import socket\nprint(socket.htons(1), socket.AF_INET)',
      'class Board:\n    def socket(self): ...\nBoard().socket()',
      'import asyncio\nasyncio.run(asyncio.sleep(0))',
      'socket.connect()',
      'from socket import socket\nclass Quiet(socket):\n    pass',
    ],
  },
]
