export interface DeployTools {
  readonly helm: string
  readonly kubeconform: string
  readonly composeConfig: string
  /** Folder of JSON schemas, named as kubeconform looks for them. */
  readonly schemas: string
}

export const KUBERNETES_VERSION: string

export function ensureDeployTools(): Promise<DeployTools | undefined>
