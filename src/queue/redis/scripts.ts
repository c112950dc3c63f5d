/**
 * The queue's state in Redis and everything that changes it. Each script is one step: what it reads and writes cannot
 * be seen half-done, so that the bound, the turns, the lease and the answer of a job always agree.
 *
 * Keys, all behind one prefix:
 *   turns           list of the clients with waiting jobs, in the order of their turns
 *   line:<client>   list of a client's waiting jobs, oldest first
 *   queued          how many jobs wait
 *   later:…         the same three of jobs that nobody waits for; they count in `queued` too
 *   inARow          how many jobs that somebody waits for were taken while others waited too
 *   bytes           how many bytes the payloads of all jobs have, and the outcomes that durable ones left
 *   clientBytes     hash of the same by client
 *   sizes           hash of what each job counts in both: what is gone without a word is taken off by it
 *   job:<id>        hash: payload, client, submitter, flags, attempts; token and worker while it runs; outcome at its end
 *   held            hash of the clients that hold slots: how many of all workers' slots; `counted` in a job says that it is
 *                   among them, which a running program that uses no CPU is not
 *   leases          sorted set of running jobs by the time at which their workers count as lost
 *   takes           how many jobs have been taken since the beginning
 *   version         grows with every change, so that a reader knows the newest figures from older ones
 *   mail:<member>   stream of what a process must hear: it survives a lost connection
 *   alive:<member>  there while a process is
 *   workers         sorted set of workers by the time until which they count; worker:<id> is what each says of itself
 *   slots           hash of how many slots each worker offers
 * Channels: `work` says that a job waits, `news` that one was taken. Hints only: nothing depends on hearing them.
 */

import { REQUEST_OVERHEAD_BYTES } from '../bounds.js'
import { AWAITED_IN_A_ROW } from '../priority-line.js'

/** Messages that a process has not read; it reads within milliseconds and cuts off what it has read. */
const MAX_MAIL = 10_000
/** Outcomes larger than this wait at their worker while Redis has no memory left; others free more than they take. */
const SMALL_OUTCOME_BYTES = 16_384
/** Jobs that each sweep looks at, whether they are there still. */
const SWEPT_SIZES = 100

const PRELUDE = `
local p = KEYS[1]
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
local function figures()
  return redis.call('INCR', p..'version')..' '..(redis.call('GET', p..'queued') or '0')..' '..
    redis.call('ZCARD', p..'leases')
end
local function has(flags, flag) return flags and string.find(flags, flag, 1, true) ~= nil end
local function present(submitter) return redis.call('EXISTS', p..'alive:'..submitter) == 1 end
local function mail(member, kind, id, body)
  -- Nobody would read it, and whoever takes the job over asks for what it missed.
  if not present(member) then return end
  redis.call('XADD', p..'mail:'..member, 'MAXLEN', '~', ${MAX_MAIL}, '*',
    'kind', kind, 'id', id, 'body', body, 'figures', figures())
  redis.call('PEXPIRE', p..'mail:'..member, 60000)
end
local function count(key) return tonumber(redis.call('GET', p..key) or '0') end
local function discharge(id)
  local size, client = string.match(redis.call('HGET', p..'sizes', id) or '', '^(%d+) (.*)$')
  if not size then return end
  redis.call('HDEL', p..'sizes', id)
  redis.call('DECRBY', p..'bytes', size)
  if redis.call('HINCRBY', p..'clientBytes', client, '-'..size) <= 0 then redis.call('HDEL', p..'clientBytes', client) end
end
local function charge(id, client, content)
  discharge(id)
  local size = string.format('%d', #content + ${REQUEST_OVERHEAD_BYTES})
  redis.call('HSET', p..'sizes', id, size..' '..client)
  redis.call('INCRBY', p..'bytes', size)
  redis.call('HINCRBY', p..'clientBytes', client, size)
end
local function drop(id)
  discharge(id)
  redis.call('DEL', p..'job:'..id)
end
local function lane(flags) return has(flags, 'l') and p..'later:' or p end
local function enqueue(push, id, client, flags)
  local l = lane(flags)
  if redis.call(push, l..'line:'..client, id) == 1 then redis.call('RPUSH', l..'turns', client) end
  redis.call('INCR', p..'queued')
  if l ~= p then redis.call('INCR', l..'queued') end
  redis.call('PUBLISH', p..'work', '')
end
local function counted_out(l)
  redis.call('DECR', p..'queued')
  if l ~= p then redis.call('DECR', l..'queued') end
end
local function leave(id, client, flags)
  local l = lane(flags)
  if redis.call('LREM', l..'line:'..client, 1, id) == 0 then return false end
  counted_out(l)
  if redis.call('EXISTS', l..'line:'..client) == 0 then redis.call('LREM', l..'turns', 1, client) end
  return true
end
local function hold(id, client)
  redis.call('HSET', p..'job:'..id, 'counted', 1)
  redis.call('HINCRBY', p..'held', client, 1)
end
local function give_back_slot(id)
  if redis.call('HDEL', p..'job:'..id, 'counted') == 0 then return end
  local client = redis.call('HGET', p..'job:'..id, 'client')
  if redis.call('HINCRBY', p..'held', client, -1) <= 0 then redis.call('HDEL', p..'held', client) end
end
local function slots_in_all()
  local total = 0
  for _, slots in ipairs(redis.call('HVALS', p..'slots')) do total = total + slots end
  return total
end
local function share_of(slots) return math.max(1, math.floor(slots / 2)) end
local function held_in_all(most)
  local total = 0
  for _, held in ipairs(redis.call('HVALS', p..'held')) do total = total + math.min(held, most) end
  return total
end
local function release(id)
  give_back_slot(id)
  redis.call('ZREM', p..'leases', id)
  redis.call('HDEL', p..'job:'..id, 'token', 'worker')
end
local function settle(id, outcome)
  local job = p..'job:'..id
  local submitter, flags, client = unpack(redis.call('HMGET', job, 'submitter', 'flags', 'client'))
  release(id)
  if has(flags, 'd') then
    redis.call('HDEL', job, 'payload')
    redis.call('HSET', job, 'outcome', outcome)
    redis.call('PEXPIRE', job, 86400000)
    charge(id, client, outcome)
    mail(submitter, 'settled', id, '')
  else
    drop(id)
    mail(submitter, 'outcome', id, outcome)
  end
end
`

/**
 * id client submitter flags payload, then capacity maxBytes and the client's allowance as in bounds.ts
 * → 'joined' | 'finished' | 'full' | 'elsewhere', figures, position, takes, outcome or why it is full
 */
const JOIN = `
local id, client, submitter, flags, payload, capacity, maxBytes, allowance = unpack(ARGV)
local job = p..'job:'..id
if redis.call('EXISTS', job) == 1 then
  local outcome, worker, owner = unpack(redis.call('HMGET', job, 'outcome', 'worker', 'submitter'))
  if owner ~= submitter and present(owner) then return {'elsewhere', figures(), 0, 0, ''} end
  redis.call('HSET', job, 'submitter', submitter, 'flags', flags)
  if outcome then return {'finished', figures(), 0, 0, outcome} end
  if worker then mail(worker, 'attached', id, '') end
  return {'joined', figures(), 0, 0, ''}
end
local slots = slots_in_all()
local free = slots - held_in_all(math.huge)
local queued = count('queued')
local function refuse(reason) return {'full', figures(), 0, 0, reason} end
local left = capacity + math.max(0, free) - queued
if left <= 0 then return refuse('jobs') end
local own = redis.call('LLEN', p..'line:'..client) + redis.call('LLEN', p..'later:line:'..client)
if own >= allowance * left then return refuse('client-jobs') end
local size = #payload + ${REQUEST_OVERHEAD_BYTES}
local bytes, ownBytes = count('bytes'), tonumber(redis.call('HGET', p..'clientBytes', client) or 0)
local leftBytes = maxBytes - bytes - size
if leftBytes < 0 then return refuse(ownBytes * 2 > bytes and 'client-bytes' or 'bytes') end
if ownBytes + size > allowance * leftBytes then return refuse('client-bytes') end
redis.call('HSET', job, 'payload', payload, 'client', client, 'submitter', submitter, 'flags', flags, 'attempts', 0)
if not has(flags, 'd') then redis.call('PEXPIRE', job, 86400000) end
charge(id, client, payload)
local l, later, row = lane(flags), count('later:queued'), count('inARow')
local ahead = l == p and queued - later or later
enqueue('RPUSH', id, client, flags)
ahead = math.min(ahead, redis.call('LLEN', l..'line:'..client) * redis.call('LLEN', l..'turns') - 1)
local others = l == p and math.min(later, math.floor((ahead + row) / ${AWAITED_IN_A_ROW}))
  or math.min(queued - later, (ahead + 1) * ${AWAITED_IN_A_ROW} - row)
local position = ahead + others + 1
if queued < free then
  position = 0
elseif held_in_all(share_of(slots)) < slots then
  redis.call('PUBLISH', p..'work', 'beyond')
end
return {'joined', figures(), position, count('takes'), ''}
`

/**
 * token worker leaseMs hasFreeSlot, then clients of whom this worker takes nothing now → nothing, or id, figures,
 * payload, flags, client. A client below its share of all slots comes first; without a free slot none but such a one.
 */
const TAKE = `
local token, worker, lease, free = unpack(ARGV)
local closed = {}
for i = 5, #ARGV do closed[ARGV[i]] = true end
local slots = slots_in_all()
local share = share_of(slots)
local function nothing() return {'', figures(), '', '', ''} end
if free == '0' and held_in_all(share) >= slots then return nothing() end
local function first_in(l, below_share)
  for at = 0, redis.call('LLEN', l..'turns') - 1 do
    local client = redis.call('LINDEX', l..'turns', at)
    local held = tonumber(redis.call('HGET', p..'held', client) or '0')
    if not closed[client] and (held < share or not below_share) then
      if at == 0 then redis.call('LPOP', l..'turns') else redis.call('LREM', l..'turns', 1, client) end
      return client
    end
  end
end
while true do
  local waits = redis.call('EXISTS', p..'later:turns') == 1
  local lanes = {p, p..'later:'}
  if waits and (redis.call('EXISTS', p..'turns') == 0 or count('inARow') >= ${AWAITED_IN_A_ROW}) then
    lanes = {p..'later:', p}
  end
  local l, client = lanes[1], first_in(lanes[1], true)
  if not client then l, client = lanes[2], first_in(lanes[2], true) end
  if not client and free == '1' then l, client = lanes[1], first_in(lanes[1], false) end
  if not client and free == '1' then l, client = lanes[2], first_in(lanes[2], false) end
  if not client then return nothing() end
  if l ~= p then redis.call('SET', p..'inARow', 0) elseif waits then redis.call('INCR', p..'inARow') end
  local id = redis.call('LPOP', l..'line:'..client)
  counted_out(l)
  if redis.call('EXISTS', l..'line:'..client) == 1 then redis.call('RPUSH', l..'turns', client) end
  local job = p..'job:'..id
  local submitter, flags, payload = unpack(redis.call('HMGET', job, 'submitter', 'flags', 'payload'))
  if payload and (has(flags, 'd') or present(submitter)) then
    redis.call('HSET', job, 'token', token, 'worker', worker)
    redis.call('HINCRBY', job, 'attempts', 1)
    hold(id, client)
    redis.call('ZADD', p..'leases', now() + lease, id)
    local takes = redis.call('INCR', p..'takes')
    redis.call('PUBLISH', p..'news', figures()..' '..takes..' '..id)
    if has(flags, 'i') then mail(submitter, 'started', id, worker) end
    return {id, figures(), payload, flags, client}
  end
  drop(id)
end
`

/** id token kind shown body: what a worker says to the submitter of a job that it runs → 'lost' | 'sent' | 'nobody' */
const TELL = `
local id, token, kind, shown, body = unpack(ARGV)
local job = p..'job:'..id
local holder, submitter = unpack(redis.call('HMGET', job, 'token', 'submitter'))
if holder ~= token then return 'lost' end
if not present(submitter) then return 'nobody' end
if shown == '1' then redis.call('HSET', job, 'noticed', 1) end
mail(submitter, kind, id, body)
return 'sent'
`

/** id worker kind body: what a submitter says to the worker that runs its job → 1 | 0 */
const SAY = `
local id, kind, body = unpack(ARGV)
local worker = redis.call('HGET', p..'job:'..id, 'worker')
if not worker then return 0 end
if kind == 'input' then redis.call('HSET', p..'job:'..id, 'noticed', 1) end
mail(worker, kind, id, body)
return 1
`

/** id token isActive: whether the program uses CPU, and so holds a slot → 1 | 0 */
const ACTIVITY = `
local id, token, active = unpack(ARGV)
local holder, client, counted = unpack(redis.call('HMGET', p..'job:'..id, 'token', 'client', 'counted'))
if holder ~= token then return 0 end
if active == '0' then give_back_slot(id) elseif not counted then hold(id, client) end
return 1
`

/** id token outcome → figures, or nothing when another worker has the job */
const FINISH = `
local id, token, outcome = unpack(ARGV)
if redis.call('HGET', p..'job:'..id, 'token') ~= token then return '' end
if #outcome > ${SMALL_OUTCOME_BYTES} then redis.call('SET', p..'room', '') end
settle(id, outcome)
redis.call('PUBLISH', p..'news', figures())
return figures()
`

/** id token: a worker that stops gives a job back, as if it had never had it → figures */
const GIVE_BACK = `
local id, token = unpack(ARGV)
local job = p..'job:'..id
if redis.call('HGET', job, 'token') ~= token then return '' end
release(id)
redis.call('HINCRBY', job, 'attempts', -1)
local client, flags = unpack(redis.call('HMGET', job, 'client', 'flags'))
enqueue('LPUSH', id, client, flags)
return figures()
`

/** id member → 'removed' | 'running' | 'gone', figures. Any process may cancel; the submitter hears of it. */
const CANCEL = `
local id, member = unpack(ARGV)
local job = p..'job:'..id
local client, worker, submitter, flags = unpack(redis.call('HMGET', job, 'client', 'worker', 'submitter', 'flags'))
if worker then
  mail(worker, 'cancel', id, '')
  return {'running', figures()}
end
if client and leave(id, client, flags) then
  drop(id)
  if submitter ~= member then mail(submitter, 'removed', id, '') end
  redis.call('PUBLISH', p..'news', figures())
  return {'removed', figures()}
end
return {'gone', figures()}
`

/** leaseMs, then id and token of each job: renews leases → per job 'ok' | 'lost' | 'nobody' */
const RENEW = `
local answers, expiry = {}, now() + ARGV[1]
for i = 2, #ARGV, 2 do
  local holder, submitter, flags = unpack(redis.call('HMGET', p..'job:'..ARGV[i], 'token', 'submitter', 'flags'))
  local answer = 'lost'
  if holder == ARGV[i + 1] then
    redis.call('ZADD', p..'leases', 'XX', expiry, ARGV[i])
    answer = (has(flags, 'd') or present(submitter)) and 'ok' or 'nobody'
  end
  answers[#answers + 1] = answer
end
return answers
`

/**
 * Jobs of lost workers: once more, unless somebody talks to the program or has watched it, as what was said cannot be
 * taken back; those who follow a durable job are told that it begins again. The others end without a result. Then takes
 * off what is left of jobs that expired, and of those that wait for a submitter who has gone.
 */
const SWEEP = `
local lost = redis.call('ZRANGEBYSCORE', p..'leases', '-inf', now(), 'LIMIT', 0, 100)
for _, id in ipairs(lost) do
  local job = p..'job:'..id
  local client, attempts, noticed, flags = unpack(redis.call('HMGET', job, 'client', 'attempts', 'noticed', 'flags'))
  if not client then
    redis.call('ZREM', p..'leases', id)
  elseif tonumber(attempts) < 2 and (has(flags, 'd') or not noticed) then
    release(id)
    enqueue('LPUSH', id, client, flags)
  else
    settle(id, '')
  end
end
-- What went astray with a job that expired while it ran.
if redis.call('ZCARD', p..'leases') == 0 then redis.call('DEL', p..'held') end
local changed = #lost
for _, id in ipairs(redis.call('HRANDFIELD', p..'sizes', ${SWEPT_SIZES})) do
  local client, submitter, worker, flags =
    unpack(redis.call('HMGET', p..'job:'..id, 'client', 'submitter', 'worker', 'flags'))
  if not client then
    discharge(id)
  elseif not worker and not has(flags, 'd') and not present(submitter) then
    leave(id, client, flags)
    drop(id)
    changed = changed + 1
  end
end
if changed > 0 then redis.call('PUBLISH', p..'news', figures()) end
return #lost
`

/** member ttlMs, and of a worker: slots record → figures, slots in all, records of all workers, clients that wait, bytes */
const BEAT = `
local member, ttl, slots, record = unpack(ARGV)
local at = now()
redis.call('SET', p..'alive:'..member, '1', 'PX', ttl)
redis.call('PEXPIRE', p..'mail:'..member, 60000)
if record then
  redis.call('ZADD', p..'workers', at + ttl, member)
  redis.call('HSET', p..'slots', member, slots)
  redis.call('SET', p..'worker:'..member, record, 'PX', ttl)
end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', p..'workers', '-inf', at)) do
  redis.call('ZREM', p..'workers', gone)
  redis.call('HDEL', p..'slots', gone)
end
local records, total = {}, 0
for _, worker in ipairs(redis.call('ZRANGE', p..'workers', 0, -1)) do
  records[#records + 1] = redis.call('GET', p..'worker:'..worker)
  total = total + (redis.call('HGET', p..'slots', worker) or 0)
end
return {figures(), total, records, redis.call('LLEN', p..'turns') + redis.call('LLEN', p..'later:turns'), count('bytes')}
`

/** member: takes a process off the lists; its mail goes with it. */
const PART = `
redis.call('DEL', p..'alive:'..ARGV[1], p..'mail:'..ARGV[1], p..'worker:'..ARGV[1])
redis.call('ZREM', p..'workers', ARGV[1])
redis.call('HDEL', p..'slots', ARGV[1])
return 1
`

/** member, then ids → per job 'ok', 'missing', 'ended' or, when another process has attached to it, 'elsewhere' */
const LOOK = `
local answers = {}
for i = 2, #ARGV do
  local submitter, outcome = unpack(redis.call('HMGET', p..'job:'..ARGV[i], 'submitter', 'outcome'))
  local own = submitter == ARGV[1] and (outcome and 'ended' or 'ok')
  answers[#answers + 1] = not submitter and 'missing' or own or 'elsewhere'
end
return answers
`

/** ids → those of durable jobs that nobody follows, or that are not here at all */
const UNATTENDED = `
local ids = {}
for i = 1, #ARGV do
  local submitter = redis.call('HGET', p..'job:'..ARGV[i], 'submitter')
  if not submitter or not present(submitter) then ids[#ids + 1] = ARGV[i] end
end
return ids
`

/** id → the outcome of a durable job, or nothing */
const COLLECT = `
return redis.call('HGET', p..'job:'..ARGV[1], 'outcome')
`

/** id: the outcome of a durable job is kept elsewhere. */
const FORGET = `
if redis.call('HEXISTS', p..'job:'..ARGV[1], 'outcome') == 1 then drop(ARGV[1]) end
return 1
`

/** Writes, as whatever brings a new job does: fails where Redis takes no more. */
const CHECK = `
redis.call('SET', p..'room', '')
return 1
`

/**
 * Steps that must go on while Redis has no memory left, for only they make room again, or take next to nothing. Redis
 * refuses a script at its first command that may take memory, but not after one that may free some.
 */
const UNREFUSED = `
redis.call('DEL', p..'room')
`

const BODIES = {
  join: JOIN,
  take: TAKE,
  tell: TELL,
  say: SAY,
  activity: ACTIVITY,
  finish: FINISH,
  giveBack: GIVE_BACK,
  cancel: CANCEL,
  renew: RENEW,
  sweep: SWEEP,
  beat: BEAT,
  part: PART,
  look: LOOK,
  unattended: UNATTENDED,
  collect: COLLECT,
  forget: FORGET,
  check: CHECK,
} as const

export type ScriptName = keyof typeof BODIES

const UNREFUSABLE: ReadonlySet<string> = new Set<ScriptName>([
  'take',
  'say',
  'giveBack',
  'cancel',
  'renew',
  'sweep',
  'beat',
  'part',
  'forget',
])

/** Lua by name. Each takes the prefix as its only key; all keys share it, and with it a cluster slot. */
export const SCRIPTS: Readonly<Record<ScriptName, string>> = Object.fromEntries(
  Object.entries(BODIES).map(([name, body]) => [
    name,
    PRELUDE + (UNREFUSABLE.has(name) ? UNREFUSED : '') + body,
  ]),
) as Record<ScriptName, string>
