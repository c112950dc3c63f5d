export interface DashboardQuery {
  readonly row: string
  readonly title: string
  readonly expression: string
}

export function dashboardQueries(): readonly DashboardQuery[]
