"""Disputes with answers, evidence, recounts and decisions; claims; service levels."""

from contracting.disputes.models import cases, claims, recounts, service

AnswerFile = cases.AnswerFile
CaseAnswer = cases.CaseAnswer
CaseDecision = cases.CaseDecision
CaseFinding = cases.CaseFinding
CaseReminder = cases.CaseReminder
CaseWithdrawal = cases.CaseWithdrawal
Claim = claims.Claim
ClaimCharge = claims.ClaimCharge
ClaimDate = claims.ClaimDate
ClaimDecision = claims.ClaimDecision
DisputeCase = cases.DisputeCase
EvidenceBundle = cases.EvidenceBundle
JointRecount = recounts.JointRecount
RecountDraw = recounts.RecountDraw
RecountEntry = recounts.RecountEntry
RecountedCall = recounts.RecountedCall
SampledCall = recounts.SampledCall
ServiceCredit = service.ServiceCredit
ServiceCreditDecision = service.ServiceCreditDecision
ServiceLevel = service.ServiceLevel
