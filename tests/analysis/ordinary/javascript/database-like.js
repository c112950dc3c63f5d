class Database {
  rows = []
  exec(sql) {
    if (/^insert/i.test(sql)) this.rows.push(sql.split(' ').at(-1))
    return this
  }
  request(name) {
    return this.rows.includes(name)
  }
}
const db = new Database()
db.exec('insert into t values x').exec('insert into t values y')
console.log(db.rows, db.request('x'))
