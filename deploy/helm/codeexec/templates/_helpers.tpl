{{- define "codeexec.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "codeexec.labels" -}}
app.kubernetes.io/name: codeexec
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* Labels that select the pods of one component: list of the root and the component's name. */}}
{{- define "codeexec.selector" -}}
app.kubernetes.io/name: codeexec
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "codeexec.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Address of a store: list of the root, its values, the name of the variable and the address of the included one. */}}
{{- define "codeexec.storeUrl" -}}
{{- $values := index . 1 -}}
- name: {{ index . 2 }}
{{- if $values.included }}
  value: {{ index . 3 }}
{{- else if $values.externalSecret }}
  valueFrom: { secretKeyRef: { name: {{ $values.externalSecret }}, key: url } }
{{- else }}
  value: {{ required (printf "%s: set externalUrl or externalSecret where it is not included" (index . 2)) $values.externalUrl | quote }}
{{- end }}
{{- end }}

{{- define "codeexec.environment" -}}
- { name: HOST, value: '::' }
- { name: PORT, value: '3000' }
{{- range $name, $value := .Values.config }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{ include "codeexec.storeUrl" (list . .Values.redis "REDIS_URL" (printf "redis://%s-redis:6379/0" (include "codeexec.name" .))) }}
{{ include "codeexec.storeUrl" (list . .Values.mongodb "MONGODB_URL" (printf "mongodb://%s-mongodb:27017/codeexec" (include "codeexec.name" .))) }}
{{- end }}

{{/* What a container has that needs no privileges; pods of it pass the "restricted" standard. */}}
{{- define "codeexec.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "codeexec.probes" -}}
startupProbe:
  httpGet: { path: /health, port: http }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /health, port: http }
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  httpGet: { path: /health/ready, port: http }
  periodSeconds: 5
  timeoutSeconds: 6
{{- end }}
