const day = new Date(Date.UTC(2024, 1, 29))
const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' })
console.log(day.toISOString().slice(0, 10), format.format(day), Number.isNaN(new Date('x').getTime()))
