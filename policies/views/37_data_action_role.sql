-- SPDX-License-Identifier: Apache-2.0
-- Built-in roles of the list for partner earned credit that have data actions, so that
-- Lighthouse does not take them; of other built-in roles nothing is known:
-- learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles
-- once: role_id
CREATE VIEW data_action_role AS
WITH
  listed(role_id) AS (
    VALUES
      ('090c5cfd-751d-490a-894a-3ce6f1109419'), -- Azure Service Bus Data Owner
      ('0c867c2a-1d8c-454a-a3db-ab2ea1bdc8bb'), -- Storage File Data SMB Share Contributor
      ('19e7f393-937e-4f77-808e-94535e297925'), -- Storage Queue Data Reader
      ('1c0163c0-47e6-4577-8991-ea5c82e286e4'), -- Virtual Machine Administrator Login
      ('2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'), -- Storage Blob Data Reader
      ('2b629674-e913-4c01-ae53-ef4638d8f975'), -- Azure Event Hubs Data Sender
      ('31a002a1-acaf-453e-8a5b-297c9ca1ea24'), -- Blockchain Member Node Access (Preview)
      ('3913510d-42f4-4e42-8a64-420c390055eb'), -- Monitoring Metrics Publisher
      ('423170ca-a8f6-4b0f-8487-9e4eb8f49bfa'), -- Azure Maps Data Reader
      ('4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'), -- Azure Service Bus Data Receiver
      ('4f8fab4f-1852-4a58-a46a-8eaf358af14a'), -- Avere Contributor
      ('5d51204f-eb77-4b1c-b86a-2ec626c49413'), -- Spatial Anchors Account Reader
      ('69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'), -- Azure Service Bus Data Sender
      ('6cef56e8-d556-48e5-a04f-b8e64114680f'), -- AcrImageSigner
      ('70bbe301-9835-447d-afdd-19eb3167307c'), -- Spatial Anchors Account Owner
      ('73c42c96-874c-492b-b04d-ab87d138a893'), -- Log Analytics Reader
      ('8a0f0c08-91a1-4084-bc3d-661d67233fed'), -- Storage Queue Data Message Processor
      ('8bbe83f1-e2a6-4df7-8cb4-4e04d4e5c827'), -- Spatial Anchors Account Contributor
      ('92aaf0da-9dab-42b6-94a3-d43ce8d16293'), -- Log Analytics Contributor
      ('974c5e8b-45b9-4653-ba55-5f855dd0fb88'), -- Storage Queue Data Contributor
      ('a638d3c7-ab3a-418d-83e6-5f17a39d4fde'), -- Azure Event Hubs Data Receiver
      ('a7264617-510b-434b-a828-9731dc254ea7'), -- Storage File Data SMB Share Elevated Contributor
      ('a97b65f3-24c7-4388-baec-2e87135dc908'), -- Cognitive Services User
      ('aba4ae5f-2193-4029-9191-0cb91df5e314'), -- Storage File Data SMB Share Reader
      ('b59867f0-fa02-499b-be73-45a86b5b3e1c'), -- Cognitive Services Data Reader
      ('b7e6dc6d-f1e8-4753-8033-0f276bb0955b'), -- Storage Blob Data Owner
      ('b97fb8bc-a8b2-4522-a38b-dd33c7e65ead'), -- Lab Creator
      ('ba92f5b4-2d11-453d-a403-e96b0029c9fe'), -- Storage Blob Data Contributor
      ('c025889f-8102-4ebf-b32c-fc0c6f0c6bd9'), -- Avere Operator
      ('c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'), -- Storage Queue Data Message Sender
      ('c8d4ff99-41c3-41a8-9f60-21dfdad59608'), -- AcrQuarantineWriter
      ('cdda3590-29a3-44f6-95f2-9f980659eb04'), -- AcrQuarantineReader
      ('f526a384-b230-433a-b45c-95f59c4a2dec'), -- Azure Event Hubs Data Owner
      ('fb879df8-f326-4884-b1cf-06f3ad86be52') -- Virtual Machine User Login
  )
SELECT role_id
FROM listed;
